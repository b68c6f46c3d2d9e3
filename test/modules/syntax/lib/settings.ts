export interface Settings {
  country: string;
}
