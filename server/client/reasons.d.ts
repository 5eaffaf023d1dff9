// Written by `python -m cli.types_js` from server/errors.py and the games. Change that file, not this one.

/** The values in the messages of errors, by code and reason. */
export interface Reasons {
  bad_request: {
    missing: Record<string, never>;
    unknown: Record<string, never>;
    wrong_type: { expected: string; got: string };
    too_small: { least: number };
    too_large: { most: number };
    not_above: { bound: number };
    not_below: { bound: number };
    too_short: { least: number };
    too_long: { most: number };
    not_a_choice: { given: string };
    no_time_zone: Record<string, never>;
    out_of_range: Record<string, never>;
    malformed: Record<string, never>;
    greeted: Record<string, never>;
    room_or_game: Record<string, never>;
    room_or_session: Record<string, never>;
    seated: Record<string, never>;
    undecodable: Record<string, never>;
    invisible_text: Record<string, never>;
    no_such_seat: { least: number; most: number };
    stake_too_small: { least: number };
    no_win: Record<string, never>;
    win_too_small: { pays: number; least: number };
    not_in_range: { least: number; most: number };
  };
  validation_failed: {
    missing: Record<string, never>;
    unknown: Record<string, never>;
    wrong_type: { expected: string; got: string };
    too_small: { least: number };
    too_large: { most: number };
    not_above: { bound: number };
    not_below: { bound: number };
    too_short: { least: number };
    too_long: { most: number };
    not_a_choice: { given: string };
    no_time_zone: Record<string, never>;
    out_of_range: Record<string, never>;
    malformed: Record<string, never>;
    repeated: Record<string, never>;
    not_an_object: Record<string, never>;
    no_such_day: Record<string, never>;
    username: Record<string, never>;
    email: Record<string, never>;
    roll_number: Record<string, never>;
    full_name: Record<string, never>;
    identifier: Record<string, never>;
    password: Record<string, never>;
    new_password: Record<string, never>;
    device: Record<string, never>;
    token_name: Record<string, never>;
    token: Record<string, never>;
    site_page: Record<string, never>;
    bio: Record<string, never>;
    avatar_url: Record<string, never>;
    location: Record<string, never>;
    zoned_time: Record<string, never>;
    client_seed: Record<string, never>;
    cursor: Record<string, never>;
    not_ascii: Record<string, never>;
    other_domain: { domains: string[] };
    reserved_name: Record<string, never>;
    own_names: { most: number };
    invisible_name: Record<string, never>;
    birth: Record<string, never>;
    not_a_roll_number: Record<string, never>;
    name_of_other: Record<string, never>;
    no_password: Record<string, never>;
    password_short: { least: number };
    password_long: { most: number };
    easy: Record<string, never>;
    easy_common: Record<string, never>;
    easy_word: Record<string, never>;
    easy_name: Record<string, never>;
    easy_keys: Record<string, never>;
    easy_repeat: Record<string, never>;
    easy_sequence: Record<string, never>;
    easy_date: Record<string, never>;
    break_shortened: Record<string, never>;
    break_length: Record<string, never>;
    date: Record<string, never>;
    seats: { least: number; most: number };
    no_such_game: Record<string, never>;
    single_player: Record<string, never>;
    handed_on: Record<string, never>;
    above_server: { most: number };
  };
  token_invalid: {
    signed_out: Record<string, never>;
    signed_out_elsewhere: Record<string, never>;
    password_changed: Record<string, never>;
    too_many_devices: Record<string, never>;
    account_disabled: Record<string, never>;
    token_expired: Record<string, never>;
    link_used: Record<string, never>;
  };
  invalid_json: {
    late: Record<string, never>;
    cut_off: Record<string, never>;
    framing: Record<string, never>;
    malformed: Record<string, never>;
  };
  invalid_credentials: {
    other_password: Record<string, never>;
  };
  token_expired: {
    sign_up_again: Record<string, never>;
    ask_again: Record<string, never>;
  };
  forbidden: {
    not_owner: Record<string, never>;
    origin: Record<string, never>;
  };
  not_found: {
    no_such_code: Record<string, never>;
  };
  username_taken: {
    meanwhile: Record<string, never>;
  };
  already_registered: {
    email: Record<string, never>;
    roll_number: Record<string, never>;
  };
  not_yet: {
    no_bonus: Record<string, never>;
    balance: { below: number };
    once_a_day: { next_at: number };
    on_break: { next_at: number };
  };
  bets_live: {
    username: Record<string, never>;
  };
  rate_limited: {
    joins: Record<string, never>;
    chat: Record<string, never>;
    connections: Record<string, never>;
  };
  unavailable: {
    sign_ins: Record<string, never>;
    limits_changed: Record<string, never>;
    losses_counted: Record<string, never>;
    room_opening: Record<string, never>;
    room_closing: Record<string, never>;
    room_busy: Record<string, never>;
    stopping: Record<string, never>;
    too_many_rooms: Record<string, never>;
    no_next_round: Record<string, never>;
    game_failed: Record<string, never>;
  };
  bad_json: {
    binary: Record<string, never>;
  };
  not_signed_in: {
    account_deleted: Record<string, never>;
  };
  no_such_room: {
    no_such_game: Record<string, never>;
    no_public_room: Record<string, never>;
    no_such_code: Record<string, never>;
    session_over: Record<string, never>;
    just_closed: Record<string, never>;
  };
  room_full: {
    seat_taken: Record<string, never>;
  };
  stack_too_small: {
    brings_back: { minimum: number; left_at: number; until: number };
  };
  insufficient_funds: {
    brings_back: { minimum: number; left_at: number; until: number; available: number };
  };
  limit_exceeded: {
    stakes: { least: number; most: number };
    balance: Record<string, never>;
    own_stake: { limit: number };
    own_stakes: { limit: number; staked: number };
    own_loss: Record<string, never>;
    own_rooms: { most: number };
    watched_rooms: { most: number };
    too_many_bets: { most: number };
  };
  self_excluded: {
    break: { until: number };
  };
  illegal_action: {
    no_actions: Record<string, never>;
    no_round: Record<string, never>;
    too_late: { round: string };
    round_over: Record<string, never>;
    no_moves: Record<string, never>;
    no_live_bet: Record<string, never>;
  };
  not_your_turn: {
    too_late: { round: string };
    other_player: Record<string, never>;
  };
  paused: {
    database: Record<string, never>;
    redis: Record<string, never>;
    game: Record<string, never>;
    closing: Record<string, never>;
  };
  betting_closed: {
    closed: Record<string, never>;
    already_bet: Record<string, never>;
  };
}

/** The values of the games' own reasons in the messages of errors, by game and reason. */
export interface GameReasons {
  blackjack: {
    dealt: Record<string, never>;
    one_bet: Record<string, never>;
    no_hand: Record<string, never>;
    other_hand: Record<string, never>;
    move_not_offered: { move: string };
    no_insurance: Record<string, never>;
  };
  coinduel: {
    duel_over: Record<string, never>;
    no_side: Record<string, never>;
    own_challenge: Record<string, never>;
    other_stake: { stake: number };
    side_taken: { side: string };
    no_challenge: Record<string, never>;
  };
  crash: {
    above_payout: { most: number };
    nothing_to_win: Record<string, never>;
    not_started: Record<string, never>;
    crashed: Record<string, never>;
    bet_not_live: Record<string, never>;
  };
  dice: {
    nothing_chosen: Record<string, never>;
  };
  hilo: {
  };
  holdem: {
    hand_runs: Record<string, never>;
    left_table: Record<string, never>;
    top_up: { most: number; purchases: number };
    buy_in: { least: number; most: number };
    hand_over: Record<string, never>;
    dealing: Record<string, never>;
    no_stack: Record<string, never>;
    no_hand: Record<string, never>;
    not_in_hand: Record<string, never>;
    cant_check: Record<string, never>;
    nothing_to_call: Record<string, never>;
    cant_raise: Record<string, never>;
    raise: { least: number; most: number };
    nothing_to_show: Record<string, never>;
    sitting_out: Record<string, never>;
    not_sitting_out: Record<string, never>;
    too_often_out: Record<string, never>;
    no_blinds: Record<string, never>;
  };
  keno: {
    nothing_chosen: Record<string, never>;
    picked_twice: Record<string, never>;
  };
  limbo: {
    nothing_chosen: Record<string, never>;
  };
  mines: {
    no_mines: Record<string, never>;
    wrong_mines: { least: number; most: number };
    no_such_cell: { least: number; most: number };
    uncovered: Record<string, never>;
  };
  plinko: {
    nothing_chosen: Record<string, never>;
    wrong_rows: { least: number; most: number };
  };
  roulette: {
    no_spot: Record<string, never>;
    takes_no_numbers: { spot: string };
    no_such_spot: { spot: string };
  };
}
