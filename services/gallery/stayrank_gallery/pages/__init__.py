"""What people look at: the start page and the contact sheet of a ranked gallery."""
