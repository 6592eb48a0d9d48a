"""What people look at: read models over projects. They change nothing and nothing that decides imports them."""
