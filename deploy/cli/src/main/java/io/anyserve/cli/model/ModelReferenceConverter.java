package io.anyserve.cli.model;

import io.anyserve.worker.hub.ModelReference;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a model's name on a hub. */
final class ModelReferenceConverter implements ITypeConverter<ModelReference> {

  @Override
  public ModelReference convert(String text) {
    try {
      return ModelReference.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
