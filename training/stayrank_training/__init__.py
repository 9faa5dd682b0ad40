"""How the models are made: data, features, fitting, evaluation, run folders."""
