"""Single deals, customers and cash: what anybody who looked would see, told to the one person who can do something."""
