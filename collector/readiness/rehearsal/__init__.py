"""What a rehearsal says of a sitting: of its pupils, its rooms and its line."""
