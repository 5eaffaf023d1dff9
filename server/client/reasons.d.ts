// Written by `python -m cli.types_js` from server/errors.py and the games. Change that file, not this one.

/** A language's texts about errors, by code and reason. */
export interface Reasons {
  bad_request: {
    missing: string;
    unknown: string;
    wrong_type: (values: { expected: string; got: string }) => string;
    too_small: (values: { least: number }) => string;
    too_large: (values: { most: number }) => string;
    not_above: (values: { bound: number }) => string;
    not_below: (values: { bound: number }) => string;
    too_short: (values: { least: number }) => string;
    too_long: (values: { most: number }) => string;
    not_a_choice: (values: { given: string }) => string;
    no_time_zone: string;
    out_of_range: string;
    malformed: string;
    greeted: string;
    room_or_game: string;
    room_or_session: string;
    seated: string;
    undecodable: string;
    invisible_text: string;
    no_such_seat: (values: { least: number; most: number }) => string;
    nothing_chosen: string;
    stake_too_small: (values: { least: number }) => string;
    no_win: string;
    win_too_small: (values: { pays: number; least: number }) => string;
    not_in_range: (values: { least: number; most: number }) => string;
  };
  validation_failed: {
    missing: string;
    unknown: string;
    wrong_type: (values: { expected: string; got: string }) => string;
    too_small: (values: { least: number }) => string;
    too_large: (values: { most: number }) => string;
    not_above: (values: { bound: number }) => string;
    not_below: (values: { bound: number }) => string;
    too_short: (values: { least: number }) => string;
    too_long: (values: { most: number }) => string;
    not_a_choice: (values: { given: string }) => string;
    no_time_zone: string;
    out_of_range: string;
    malformed: string;
    repeated: string;
    not_an_object: string;
    no_such_day: string;
    username: string;
    email: string;
    roll_number: string;
    full_name: string;
    identifier: string;
    password: string;
    new_password: string;
    device: string;
    token_name: string;
    token: string;
    site_page: string;
    bio: string;
    avatar_url: string;
    location: string;
    zoned_time: string;
    client_seed: string;
    cursor: string;
    not_ascii: string;
    other_domain: (values: { domains: string[] }) => string;
    reserved_name: string;
    own_names: (values: { most: number }) => string;
    invisible_name: string;
    birth: string;
    not_a_roll_number: string;
    name_of_other: string;
    no_password: string;
    password_short: (values: { least: number }) => string;
    password_long: (values: { most: number }) => string;
    easy: string;
    easy_common: string;
    easy_word: string;
    easy_name: string;
    easy_keys: string;
    easy_repeat: string;
    easy_sequence: string;
    easy_date: string;
    break_shortened: string;
    break_length: string;
    date: string;
    seats: (values: { least: number; most: number }) => string;
    no_such_game: string;
    single_player: string;
    handed_on: string;
    above_server: (values: { most: number }) => string;
  };
  token_invalid: {
    signed_out: string;
    signed_out_elsewhere: string;
    password_changed: string;
    too_many_devices: string;
    account_disabled: string;
    token_expired: string;
    link_used: string;
  };
  invalid_json: {
    late: string;
    cut_off: string;
    framing: string;
    malformed: string;
  };
  invalid_credentials: {
    other_password: string;
  };
  token_expired: {
    sign_up_again: string;
    ask_again: string;
  };
  forbidden: {
    not_owner: string;
    origin: string;
  };
  not_found: {
    no_such_code: string;
  };
  username_taken: {
    meanwhile: string;
  };
  already_registered: {
    email: string;
    roll_number: string;
  };
  not_yet: {
    no_bonus: string;
    balance: (values: { below: number }) => string;
    once_a_day: (values: { next_at: number }) => string;
    on_break: (values: { next_at: number }) => string;
  };
  bets_live: {
    username: string;
  };
  rate_limited: {
    joins: string;
    chat: string;
    connections: string;
  };
  unavailable: {
    sign_ins: string;
    limits_changed: string;
    losses_counted: string;
    room_opening: string;
    room_closing: string;
    room_busy: string;
    stopping: string;
    too_many_rooms: string;
    no_next_round: string;
    game_failed: string;
  };
  bad_json: {
    binary: string;
  };
  not_signed_in: {
    account_deleted: string;
  };
  no_such_room: {
    no_such_game: string;
    no_public_room: string;
    no_such_code: string;
    session_over: string;
    just_closed: string;
  };
  room_full: {
    seat_taken: string;
  };
  stack_too_small: {
    brings_back: (values: { minimum: number; left_at: number; until: number }) => string;
  };
  insufficient_funds: {
    brings_back: (values: { minimum: number; left_at: number; until: number; available: number }) => string;
  };
  limit_exceeded: {
    stakes: (values: { least: number; most: number }) => string;
    balance: string;
    own_stake: (values: { limit: number }) => string;
    own_stakes: (values: { limit: number; staked: number }) => string;
    own_loss: string;
    own_rooms: (values: { most: number }) => string;
    watched_rooms: (values: { most: number }) => string;
    too_many_bets: (values: { most: number }) => string;
  };
  self_excluded: {
    break: (values: { until: number }) => string;
  };
  muted: {
    until: (values: { until: number }) => string;
  };
  illegal_action: {
    no_actions: string;
    no_round: string;
    too_late: (values: { round: string }) => string;
    round_over: string;
    no_moves: string;
    no_live_bet: string;
  };
  not_your_turn: {
    too_late: (values: { round: string }) => string;
    other_player: string;
  };
  paused: {
    database: string;
    redis: string;
    game: string;
    closing: string;
  };
  betting_closed: {
    closed: string;
    already_bet: string;
  };
}

/** A language's texts of the games about errors, by game and reason. */
export interface GameReasons {
  blackjack: {
    dealt: string;
    one_bet: string;
    no_hand: string;
    other_hand: string;
    move_not_offered: (values: { move: string }) => string;
    no_insurance: string;
  };
  coinduel: {
    duel_over: string;
    no_side: string;
    own_challenge: string;
    other_stake: (values: { stake: number }) => string;
    side_taken: (values: { side: string }) => string;
    no_challenge: string;
  };
  crash: {
    above_payout: (values: { most: number }) => string;
    nothing_to_win: string;
    not_started: string;
    crashed: string;
    bet_not_live: string;
  };
  holdem: {
    hand_runs: string;
    left_table: string;
    top_up: (values: { most: number; purchases: number }) => string;
    buy_in: (values: { least: number; most: number }) => string;
    hand_over: string;
    dealing: string;
    no_stack: string;
    no_hand: string;
    not_in_hand: string;
    cant_check: string;
    nothing_to_call: string;
    cant_raise: string;
    raise: (values: { least: number; most: number }) => string;
    nothing_to_show: string;
    sitting_out: string;
    not_sitting_out: string;
    too_often_out: string;
    no_blinds: string;
  };
  keno: {
    picked_twice: string;
  };
  mines: {
    no_mines: string;
    wrong_mines: (values: { least: number; most: number }) => string;
    no_such_cell: (values: { least: number; most: number }) => string;
    uncovered: string;
  };
  plinko: {
    wrong_rows: (values: { least: number; most: number }) => string;
  };
  roulette: {
    no_spot: string;
    takes_no_numbers: (values: { spot: string }) => string;
    no_such_spot: (values: { spot: string }) => string;
  };
}
