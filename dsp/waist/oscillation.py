"""How far the sensor rises and falls in a step."""

from dsp.waist.stride import WholeStride


def oscillation_m(stride: WholeStride) -> float | None:
    """Peak to peak height over the second step, m (Gullstrand 2009; science 2.1).

    The stride is taken as repeating itself, so its mean acceleration and mean speed are zero and
    nothing drifts.
    """
    height = stride.height_m[stride.second]
    return float(height.max() - height.min()) if len(height) > 1 else None
