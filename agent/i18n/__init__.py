"""What the agent says to people, Swedish first."""
