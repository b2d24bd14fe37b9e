"""What the web server loads: the one application object."""

from portal.app import create_app

app = create_app()
