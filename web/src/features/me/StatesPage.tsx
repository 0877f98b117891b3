export function StatesPage() {
  return null;
}
