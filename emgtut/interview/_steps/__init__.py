"""The checks, one module for each step; importing them registers them."""

import emgtut.interview._steps.clusters
import emgtut.interview._steps.effort
import emgtut.interview._steps.folds
import emgtut.interview._steps.hand
import emgtut.interview._steps.loading
import emgtut.interview._steps.pose
import emgtut.interview._steps.ridge
import emgtut.interview._steps.scaling
import emgtut.interview._steps.steadying
import emgtut.interview._steps.windows
