"""What ends, and when: told by machines, by lists, and by the operator."""
