"""The codes of everything that can be wrong with a YAML file before anybody asks what it says."""

from __future__ import annotations

NOT_UTF8 = "YML001"
FORBIDDEN_CHARACTER = "YML002"
TOO_LARGE = "YML003"
NOT_YAML = "YML004"
DUPLICATE_KEY = "YML005"
AMBIGUOUS = "YML006"
IMPOSSIBLE_DATE = "YML007"
ANCHOR = "YML008"
ALIAS = "YML009"
MERGE_KEY = "YML010"
TAG = "YML011"
SEVERAL_DOCUMENTS = "YML012"
KEY_NOT_TEXT = "YML013"
TAB = "YML014"
ODD_SPACE = "YML015"
EMPTY_FILE = "YML016"
TOO_DEEP = "YML017"
TOO_MANY_VALUES = "YML018"
COMMENT_WITHOUT_SPACE = "YML019"
NOT_INDENTED = "YML020"
NUMBER_OUT_OF_RANGE = "YML021"
ESCAPE = "YML022"
DIRECTIVE = "YML023"
CURLY_QUOTES = "YML024"
LOST_AFTER_HASH = "YML025"
KEY_IN_TWO_PARTS = "YML026"
PART_NOT_MAPPING = "YML027"
TOO_MANY_PROBLEMS = "YML028"
EXPLICIT_KEY = "YML029"

CODES: dict[str, tuple[str, str]] = {
    NOT_UTF8: ("not-utf-8", "The file is not saved as UTF-8."),
    FORBIDDEN_CHARACTER: ("forbidden-character", "A character that cannot be seen, or is damaged, stands in the file."),
    TOO_LARGE: ("too-large", "The file is larger than a record may be."),
    NOT_YAML: ("not-yaml", "The file breaks the rules of YAML; what stands in that part of it could not be read."),
    DUPLICATE_KEY: ("duplicate-key", "A key stands twice in one mapping."),
    AMBIGUOUS: (
        "ambiguous-scalar",
        "An unquoted value that YAML programs read in different ways, or that loses a digit.",
    ),
    IMPOSSIBLE_DATE: ("impossible-date", "A date that is not in the calendar."),
    ANCHOR: ("anchor", "A YAML anchor (&name) stands in the file."),
    ALIAS: ("alias", "A YAML alias (*name) stands in the file."),
    MERGE_KEY: ("merge-key", "A YAML merge key (<<) stands in the file."),
    TAG: ("tag", "A YAML tag (!name) stands in the file."),
    SEVERAL_DOCUMENTS: ("several-documents", "More than one YAML document stands in the file."),
    KEY_NOT_TEXT: ("key-not-text", "A key is a number, true, false, empty, a list or a mapping."),
    TAB: ("tab", "A tab stands where only spaces are safe."),
    ODD_SPACE: ("odd-space", "A no-break space, or one of its kind, stands where YAML needs an ordinary space."),
    EMPTY_FILE: ("empty-file", "The file is empty or holds only comments."),
    TOO_DEEP: ("too-deep", "Lists and mappings are nested deeper than a record may be."),
    TOO_MANY_VALUES: ("too-many-values", "The file holds more values than a record may."),
    COMMENT_WITHOUT_SPACE: ("comment-without-space", "A comment begins without a space before its #."),
    NOT_INDENTED: ("not-indented", "A quoted text, list or mapping goes on in a line that is not indented far enough."),
    NUMBER_OUT_OF_RANGE: (
        "number-out-of-range",
        "A number that is too large to be kept exactly, infinite or not a number.",
    ),
    ESCAPE: ("escape", "A backslash in double quotes makes something other than what it looks like."),
    DIRECTIVE: ("directive", "A YAML directive (a line that begins with %) stands in the file."),
    CURLY_QUOTES: ("curly-quotes", "A value stands in typographic quotes, which do not quote."),
    LOST_AFTER_HASH: ("lost-after-hash", "The rest of a value is lost, because it is read as a comment."),
    KEY_IN_TWO_PARTS: ("key-in-two-parts", "A key stands in two files of one record."),
    PART_NOT_MAPPING: ("part-not-mapping", "A file of a record in parts is not a mapping."),
    TOO_MANY_PROBLEMS: ("too-many-problems", "The file has so many problems that reading it was given up."),
    EXPLICIT_KEY: ("explicit-key", "A key is written in the long form, after a question mark."),
}
"""Each code with its name and what it says, in the order of the codes."""
