"""Pages: plain data made from what was read, for any engine that turns Markdown into a site."""
