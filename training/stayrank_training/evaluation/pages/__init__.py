"""Reports as HTML pages that refer to nothing outside themselves and run no script.

They hold thumbnails of the photos: whoever may not have the photos may not have the page.
"""
