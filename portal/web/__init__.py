"""What every page carries: headers, and the words and functions that templates know."""
