"""What a school's line gives, and what it carries beside a test."""
