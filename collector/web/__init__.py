"""What people see: pages, words and, later, the browser probe."""
