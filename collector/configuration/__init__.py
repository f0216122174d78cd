"""What an operator writes in `config/`: read strictly, built whole, and only then used."""
