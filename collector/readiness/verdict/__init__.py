"""From evidence and requirements to the verdict on a sitting."""
