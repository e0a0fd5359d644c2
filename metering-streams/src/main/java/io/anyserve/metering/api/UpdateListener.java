package io.anyserve.metering.api;

import io.anyserve.contracts.FailureException;

/** Is told of changes; returns at once, whatever becomes of them. */
interface UpdateListener<T> {

  void next(T change);

  /** Nothing comes any more. */
  void failed(FailureException failure);
}
