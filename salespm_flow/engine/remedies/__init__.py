"""What would have to change so that a refused move holds; asked by `why`, never by `decide`."""
