"""The identity check of the one-stop desk: whether a person matches, and nothing else."""
