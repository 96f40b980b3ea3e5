"""The walk and the tracer as compiled code, world by world as their twins in NumPy decide."""
