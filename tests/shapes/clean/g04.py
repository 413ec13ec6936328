"""What OpenCV reads is an array, whether numpy is imported or not."""

import cv2
import torch
from einops import rearrange


def frame(path):
    image = cv2.imread(path)
    height, width, channels = image.shape
    image = image[:, :, ::-1].copy()
    return rearrange(torch.from_numpy(image), "h w c -> c h w")
