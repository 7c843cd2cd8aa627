"""From a new statement and earlier ones to labelled pairs with their evidence."""
