/**
 * The fencing protocol as a simulation: modelled workers and faults, the product's own readers, and
 * one seed that decides everything.
 */
@NullMarked
package io.anyserve.standalone.simulation;

import org.jspecify.annotations.NullMarked;
