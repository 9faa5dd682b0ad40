"""The models: their definitions (Keras), their artifacts, and the engines that run them."""
