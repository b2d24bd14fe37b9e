"""Articles of the help centre: read from a folder of markdown files, shown in sections, found by search."""
