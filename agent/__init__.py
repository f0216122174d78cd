"""What runs on a school machine: measures, keeps what it measured until it is delivered, and never disturbs."""
