"""From a source to new or changed articles."""
