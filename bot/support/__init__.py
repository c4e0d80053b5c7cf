"""What citizens leave for people: tickets to answer, and ratings of the bot's answers."""
