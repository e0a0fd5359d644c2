package io.anyserve.standalone.simulation;

import io.anyserve.contracts.event.TokenRecord;

/** The log that workers write and everybody reads. */
interface TokenTopicModel {

  /** Returns its offset. */
  long append(TokenRecord record);

  Entry at(long offset);

  /** The offset that comes next. */
  long end();
}
