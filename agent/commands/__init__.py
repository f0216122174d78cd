"""What `provklar-agent` can be told to do."""
