"""From features to structure and to angles: arrays and small results, no drawing."""
