"""Families of worlds: one file, one kind of noise or trouble; the folder is the list. Each has both truths."""
