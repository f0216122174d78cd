"""What differs from when a sitting was ready last, as candidates for why it is so no longer."""
