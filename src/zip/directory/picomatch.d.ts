/** Types for the part of picomatch that is used; the package has none. */
export default function picomatch(
  glob: string,
  options?: { dot?: boolean; basename?: boolean },
): (path: string) => boolean;
