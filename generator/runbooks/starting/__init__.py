"""Beginnings: the files of a new site, a client's first record, a new product, a new page. Nothing is overwritten."""
