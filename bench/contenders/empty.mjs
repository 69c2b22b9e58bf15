// nothing: what importing a module costs at least
