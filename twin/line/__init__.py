"""What a line is: data without behaviour, read from text and checked."""
