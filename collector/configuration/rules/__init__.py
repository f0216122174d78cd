"""What must hold beyond the types: one module per file of the configuration. Rules yield problems and never raise."""
