"""What the JSON API asks and answers, and its description."""
