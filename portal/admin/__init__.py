"""The administrator's pages: failed work, the record of acts, the roles."""
