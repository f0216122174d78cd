"""What goes on at the same time as a sitting and takes from the same line, machines and rooms."""
