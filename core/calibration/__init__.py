"""考前统一尺度: examiners mark one clip before the day, see where they differ, and agree how each level is read."""
