"""What would mend a sitting, cheapest first, each proved by judging it again."""
