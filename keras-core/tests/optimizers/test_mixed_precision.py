"""`keras.mixed_precision`: other names of what is elsewhere."""

from keras_core import dtype_policies, mixed_precision, optimizers


def test_names():
    assert mixed_precision.Policy is mixed_precision.DTypePolicy is dtype_policies.DTypePolicy
    assert mixed_precision.LossScaleOptimizer is optimizers.LossScaleOptimizer


def test_global_policy():
    before = mixed_precision.global_policy()
    try:
        mixed_precision.set_global_policy("mixed_bfloat16")
        assert mixed_precision.dtype_policy().compute_dtype == "bfloat16"
    finally:
        mixed_precision.set_dtype_policy(before)
