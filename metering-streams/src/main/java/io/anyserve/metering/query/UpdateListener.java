package io.anyserve.metering.query;

import io.anyserve.contracts.FailureException;

/** Is told of changes; returns at once, whatever becomes of them. */
public interface UpdateListener<T> {

  void next(T change);

  /** Nothing comes any more. */
  void failed(FailureException failure);
}
