"""One file, one command of `provklar`: each takes parsed arguments, prints, and gives the exit code."""
