package io.anyserve.standalone.simulation;

/** Something that moves on by one small step when the scheduler says so. */
interface Actor {

  /** It has something to do. */
  boolean ready();

  void step();
}
