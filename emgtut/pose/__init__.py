"""From joint angles to a hand: points in millimetres, and the channels of the Virtual Hand."""

from emgtut.pose.hand import HandModel
from emgtut.pose.kinematics import landmarks
from emgtut.pose.retarget import angles_of, retarget

__all__ = ["HandModel", "angles_of", "landmarks", "retarget"]
